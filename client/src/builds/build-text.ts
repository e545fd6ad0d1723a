import type { ActivePhase, BuildStage } from '../../../native-bridge/src/build-protocol.ts';
import type { BuildState, BuildStatus } from '../../../server/src/build-protocol.ts';

/** What views say of builds, free of the editor's own types. */

const stages: Record<BuildStage, string> = {
  parsing: 'Parsing the model',
  configuring: 'Configuring',
  building: 'Building',
  writing: 'Writing the engine',
};

const states: Record<BuildState, string> = {
  waiting: 'Waiting',
  running: 'Running',
  succeeded: 'Built',
  'up-to-date': 'Up to date',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function isOver({ state }: BuildStatus): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function elapsedText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  const two = (number: number) => String(number).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `Timing tactics, 12 of 40`: TensorRT's own steps, which say nothing of the time that is left. */
export function phaseText({ name, step, steps }: ActivePhase): string {
  return steps > 1 ? `${name}, ${step} of ${steps}` : name;
}

function stageText({ state, stage }: BuildStatus): string {
  if (state !== 'running') return states[state];
  return stage === undefined ? 'Starting TensorRT' : stages[stage];
}

/**
 * One line for a notification: `14 s · Building engine, 4 of 6 › … › Timing tactics, 12 of 40`. The time first, so that it keeps its
 * place; of the phases the outermost and the innermost, since all of them are in the view. `elapsed` in milliseconds.
 */
export function progressText(build: BuildStatus, elapsed: number): string {
  if (build.state === 'waiting') return 'waiting for another build';
  return `${elapsedText(elapsed)} · ${build.message ?? wayText(build)}`;
}

function wayText(build: BuildStatus): string {
  const { phases } = build;
  const [outermost, innermost] = [phases[0], phases.at(-1)];
  if (outermost === undefined || innermost === undefined) return stageText(build);
  if (phases.length === 1) return phaseText(outermost);
  return [phaseText(outermost), ...(phases.length > 2 ? ['…'] : []), phaseText(innermost)].join(' › ');
}

/** What stands behind the name in the view; times are with the phases. */
export function descriptionText(build: BuildStatus): string {
  switch (build.state) {
    case 'waiting':
      return 'waiting';
    case 'running':
      return build.message ?? stageText(build);
    case 'up-to-date':
      return 'up to date';
    case 'cancelled':
      return 'cancelled';
    case 'succeeded':
    case 'failed':
      return firstLine(build.message) ?? states[build.state].toLowerCase();
  }
}

/** `Building detector · fp16 12 s (2 waiting)`. Undefined where nothing is built. */
export function barText(builds: readonly BuildStatus[], elapsed: (build: BuildStatus) => number): string {
  const running = builds.filter(({ state }) => state === 'running');
  const waiting = builds.filter(({ state }) => state === 'waiting').length;
  const [first] = running;
  if (first === undefined) return waiting === 0 ? '' : `${plural(waiting, 'build')} waiting`;
  const what = running.length === 1 ? first.title : `${running.length} engines`;
  const more = waiting === 0 ? '' : ` (${waiting} waiting)`;
  return `Building ${what} ${elapsedText(Math.max(...running.map(elapsed)))}${more}`;
}

export interface Outcome {
  readonly severity: 'information' | 'error' | 'none';
  readonly text: string;
}

/** What to tell once builds that were asked for are over. Nothing of those that the user has cancelled. */
export function outcomeOf(builds: readonly BuildStatus[]): Outcome {
  const of = (state: BuildState) => builds.filter((build) => build.state === state);
  const [failed, succeeded, same] = [of('failed'), of('succeeded'), of('up-to-date')];
  const [firstFailed] = failed;
  if (firstFailed !== undefined) {
    const others = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
    return {
      severity: 'error',
      text: `${firstFailed.title}${others} was not built: ${firstLine(firstFailed.message) ?? 'see the log.'}`,
    };
  }
  const [firstBuilt] = succeeded;
  if (firstBuilt !== undefined) {
    const text =
      succeeded.length === 1
        ? `${firstBuilt.title} was built: ${firstBuilt.message ?? ''}`
        : `${succeeded.length} engines were built: ${succeeded.map(({ title, build }) => build || title).join(', ')}.`;
    const rest = same.length === 0 ? '' : ` ${plural(same.length, 'other')} had not changed.`;
    return { severity: 'information', text: `${withPeriod(text)}${rest}` };
  }
  const [firstSame] = same;
  if (firstSame === undefined) return { severity: 'none', text: '' };
  const what = same.length === 1 ? `${firstSame.title} is` : `All ${same.length} engines are`;
  return { severity: 'information', text: `${what} up to date: nothing has changed since the last build.` };
}

/** `detector.trt.yaml`: whether a file is a build config by its name. */
export function isConfigName(path: string): boolean {
  return /\.trt\.ya?ml$/i.test(path);
}

/** `/models/detector.trt.yaml` for a model of any form. */
export function configPathOf(modelPath: string): string {
  return `${modelPath.replace(/\.(onnx|onnxtxt|onnxtext)$/i, '')}.trt.yaml`;
}

function firstLine(text: string | undefined): string | undefined {
  return text?.split('\n', 1)[0];
}

function withPeriod(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function plural(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}
