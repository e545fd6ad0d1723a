/** What is being read, outermost first, for the messages of errors: `graph`, `node 12`, `attribute 0`. */
export class Trail {
  private readonly steps: { what: string; index: number }[] = [];
  depth = 0;

  /** `index` is negative where there is only one. */
  enter(what: string, index: number): void {
    const step = this.steps[this.depth++];
    if (step === undefined) this.steps.push({ what, index });
    else {
      step.what = what;
      step.index = index;
    }
  }

  leave(): void {
    this.depth--;
  }

  /** `in attribute 0 of node 12 of the graph`. */
  describe(): string {
    if (this.depth === 0) return 'in the model itself';
    const names = this.steps
      .slice(Math.max(0, this.depth - longestDescription), this.depth)
      .reverse()
      .map(({ what, index }) => (index < 0 ? `the ${what}` : `${what} ${index}`));
    if (this.depth > names.length) names.push('…');
    return `in ${names.join(' of ')}`;
  }
}

const longestDescription = 7;
