/** Commands that show measurements from files, and generate code: they load no engine unless the user says so. */
import * as vscode from 'vscode';
import { type GeneratedRunner, GenerateRunnerRequest } from '../../../server/src/measure-protocol.ts';
import { engineTarget, trusted, withMeasureProgress } from '../measurements/measure-target.ts';
import { showProfileComparison } from '../measurements/profile-panel.ts';
import { showMeasurement as show } from '../measurements/show-measurement.ts';
import { activeResource } from '../uris.ts';
import type { Command } from './command.ts';

/** Called with a file of a measurement, or with nothing: the user chooses one. */
export const showMeasurement: Command = {
  id: 'tensorrt.showMeasurement',
  run: async ({ client }, resource) => {
    const given = resource instanceof vscode.Uri ? resource : activeResource();
    const file =
      given && isJson(given) ? given : await chooseProfile('Show', 'Measurement of an Engine', given);
    if (file !== undefined) await show(client, file);
  },
};

/** Called with two profiles (from a test, or a selection in the explorer), with one, or with none. */
export const compareProfiles: Command = {
  id: 'tensorrt.compareProfiles',
  run: async ({ client }, resource, other) => {
    const given = resource instanceof vscode.Uri ? resource : activeResource();
    const before = given && isJson(given) ? given : await chooseProfile('Select', 'Profile Before', given);
    if (before === undefined) return;
    const selected = Array.isArray(other)
      ? other.find((uri) => uri instanceof vscode.Uri && uri.toString() !== before.toString())
      : other;
    const after =
      selected instanceof vscode.Uri ? selected : await chooseProfile('Compare', 'Profile After', before);
    if (after !== undefined) await showProfileComparison(client, before, after);
  },
};

/** Called with an engine or a config; `language` and `load` from a test, the user says them otherwise. */
export const generateRunner: Command = {
  id: 'tensorrt.generateRunner',
  run: async (context, resource, build) => {
    const target = await engineTarget(context, [resource, build]);
    const choice = target && (await chooseRunner());
    if (target === undefined || choice === undefined) return;
    const { language, load, userManaged } = choice;
    // Asking the engine itself runs what is in it.
    const asked = load ? await trusted(context, target) : target;
    if (asked === undefined) return;
    const { programs, usualProfile, notes } = await withMeasureProgress(
      context,
      'Generating code for',
      target.engine,
      (token) =>
        context.client.sendRequest(
          GenerateRunnerRequest,
          { ...asked.params, language, load, userManaged },
          token,
        ),
    );
    const program = await chooseProgram(programs, usualProfile);
    if (program === undefined) return;
    const document = await vscode.workspace.openTextDocument({ language, content: program.text });
    await vscode.window.showTextDocument(document);
    for (const note of notes) void vscode.window.showInformationMessage(note);
  },
};

const runnerTitle = 'Generate Code That Runs the Engine';

/** Asks where there are several; the usual one is first. */
async function chooseProgram(
  programs: readonly GeneratedRunner[],
  usual: number,
): Promise<GeneratedRunner | undefined> {
  const ordered = [
    ...programs.filter(({ profile }) => profile === usual),
    ...programs.filter(({ profile }) => profile !== usual),
  ];
  if (ordered.length < 2) return ordered[0];
  const picked = await vscode.window.showQuickPick(
    ordered.map((program) => ({
      label: `Profile ${program.profile}`,
      description: program.shapes,
      program,
    })),
    { title: runnerTitle, placeHolder: 'For which optimization profile?' },
  );
  return picked?.program;
}

async function chooseRunner() {
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'C++', language: 'cpp' as const, userManaged: false },
      { label: 'Python', language: 'python' as const, userManaged: false },
      {
        label: 'C++, own memory for activations',
        description: 'kUSER_MANAGED',
        language: 'cpp' as const,
        userManaged: true,
      },
      {
        label: 'Python, own memory for activations',
        description: 'USER_MANAGED',
        language: 'python' as const,
        userManaged: true,
      },
    ],
    { title: runnerTitle, placeHolder: 'In which language?' },
  );
  if (picked === undefined) return undefined;
  const source = await vscode.window.showQuickPick(
    [
      { label: 'From the model', description: 'that ENGINE.json names; nothing is loaded', load: false },
      {
        label: 'From the engine',
        description: 'loads it on the GPU; shape tensors and formats, too',
        load: true,
      },
    ],
    {
      title: runnerTitle,
      placeHolder: 'Where are its inputs and outputs known from?',
    },
  );
  return source && { ...picked, load: source.load };
}

async function chooseProfile(
  openLabel: string,
  title: string,
  near: vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    ...(near && { defaultUri: vscode.Uri.joinPath(near.with({ scheme: 'file' }), '..') }),
    filters: { Measurements: ['json'] },
    openLabel,
    title,
  });
  return chosen?.[0];
}

function isJson({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.json$/i.test(path);
}
