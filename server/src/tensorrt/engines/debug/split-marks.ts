/** Debug tensors over several builds, where TensorRT does not mark all of them in one engine. */

/** What one build with some of the tensors marked came to. */
export type PartEnd<Engine> =
  | { readonly kind: 'built'; readonly engine: Engine }
  | {
      readonly kind: 'failed';
      /** Whether TensorRT's process ended over it, where it could have answered. */
      readonly died: boolean;
      /** Why, in TensorRT's words; a sentence. */
      readonly reason: string;
    };

export interface SplitOptions<Engine> {
  /** Builds that there may be, those of all tensors among them. */
  readonly maxBuilds: number;
  /** Builds of all tensors that have failed. */
  readonly failed: number;
  /** `number`: which build it is; those that have failed were the first. What it throws ends everything: a cancellation, say. */
  readonly build: (tensors: readonly string[], number: number) => Promise<PartEnd<Engine>>;
  /** The same build without marks, to find out whether it is the marks that it fails at. Nothing of it is needed. */
  readonly buildUnmarked: (number: number) => Promise<PartEnd<unknown>>;
}

export interface SplitMarks<Engine> {
  readonly parts: readonly { readonly engine: Engine; readonly tensors: readonly string[] }[];
  readonly leftOut: readonly { readonly tensor: string; readonly reason: string }[];
  /** How many there were: the failed ones, those of all tensors and the one without marks count. */
  readonly builds: number;
  /** Whether the build fails without marks just as it does with them; there are no parts then. */
  readonly failsUnmarked: boolean;
}

/** So many sets failed, and none was built: more of the tensors than not cannot be marked, and sets of them are not worth a build. */
const hopelessSets = 4;

/**
 * Halves the tensors, and those halves that fail in turn, down to single ones. `tensors` are in the model's order; a build with all of them
 * marked, and maybe others, has failed. The largest sets come first, so that a limit on the builds costs the fewest tensors; where nothing
 * but failures comes of them, single tensors are next, spread over the model (of 21 inner tensors of a transformer block TensorRT 10.6
 * takes so few that 15 sets gave nothing).
 */
export async function splitMarks<Engine>(
  tensors: readonly string[],
  { maxBuilds, failed, build, buildUnmarked }: SplitOptions<Engine>,
): Promise<SplitMarks<Engine>> {
  const parts: { engine: Engine; tensors: readonly string[] }[] = [];
  const leftOut: { tensor: string; reason: string }[] = [];
  const leave = (left: readonly string[], reason: string) =>
    leftOut.push(...left.map((tensor) => ({ tensor, reason })));
  let builds = failed;
  const first = halvesOf(tensors);
  const waiting = [...first];
  let deaths = 0;
  let failedSets = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (builds >= maxBuilds) {
      leave(next, `the limit of ${maxBuilds} builds (--max-builds) was reached`);
      continue;
    }
    const end = await build(next, ++builds);
    if (end.kind === 'built') {
      parts.push({ engine: end.engine, tensors: next });
      continue;
    }
    if (next.length === 1) leave(next, end.reason);
    else {
      waiting.push(...halvesOf(next));
      failedSets++;
    }
    if (end.died) deaths++;
    if (failedSets === hopelessSets && parts.length === 0) {
      waiting.splice(0, Infinity, ...spread(inOrder(tensors, waiting.flat())).map((tensor) => [tensor]));
    }
    const onlyDied = deaths === first.length && builds === failed + first.length;
    // Nothing but crashes so far: it may be a TensorRT that crashes on this model whatever is marked.
    if (onlyDied && builds < maxBuilds && (await buildUnmarked(++builds)).kind === 'failed') {
      return { parts: [], leftOut: [], builds, failsUnmarked: true };
    }
  }
  return { parts, leftOut: inOrderOf(tensors, leftOut), builds, failsUnmarked: false };
}

/**
 * Every other tensor, as what TensorRT fails at is several marks inside of one fused part, and a fused part is a run of neighbours: cut in
 * the middle, the sets would keep such a run together almost to the end (marks of which no two neighbours can be in one engine would take a
 * build each, and two here), while this halves the marks in every part at once. To find one tensor that fails alone takes as many builds
 * either way. The price is that a node's input and output mostly come from two engines.
 */
function halvesOf(tensors: readonly string[]): (readonly string[])[] {
  return [0, 1]
    .map((side) => tensors.filter((_, index) => index % 2 === side))
    .filter((half) => half.length > 0);
}

function inOrder(tensors: readonly string[], some: readonly string[]): string[] {
  const wanted = new Set(some);
  return tensors.filter((tensor) => wanted.has(tensor));
}

/** The middle first, then the middles of what is before and behind it, and so on: the first few tell most of where values part ways. */
function spread(tensors: readonly string[]): string[] {
  const order: string[] = [];
  const ranges: (readonly [number, number])[] = [[0, tensors.length]];
  for (let next = ranges.shift(); next; next = ranges.shift()) {
    const [start, end] = next;
    if (start >= end) continue;
    const middle = (start + end) >> 1;
    const tensor = tensors[middle];
    if (tensor !== undefined) order.push(tensor);
    ranges.push([start, middle], [middle + 1, end]);
  }
  return order;
}

function inOrderOf<Left extends { readonly tensor: string }>(
  tensors: readonly string[],
  leftOut: readonly Left[],
): Left[] {
  const order = new Map(tensors.map((tensor, index) => [tensor, index]));
  return leftOut.toSorted((one, two) => (order.get(one.tensor) ?? 0) - (order.get(two.tensor) ?? 0));
}
