/** What `look` finds, as soon as it finds something. Throws after `timeout` milliseconds and says what was there instead. */
export async function waitFor<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  instead: () => string = () => '',
  timeout = 20_000,
): Promise<Found> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited ${timeout} ms for ${what}. ${instead()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
