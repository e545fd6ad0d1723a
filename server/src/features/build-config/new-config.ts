/** A build config for a model that has none. */
import { isDynamic } from '../../build-config/checks/facts/facts.ts';
import { modelFacts } from '../../build-config/checks/facts/model-facts.ts';
import { profileEntries } from '../../build-config/checks/profiles/make-profiles.ts';
import { entryText } from '../../build-config/emit.ts';
import type { NewBuildConfigResult } from '../../build-protocol.ts';
import type { Model } from '../../onnx/model/model.ts';

/** `fileName`: of the model, beside which the config will lie. */
export function newConfig(fileName: string, model: Model): NewBuildConfigResult {
  const inputs = modelFacts(model).inputs.filter(isDynamic);
  const name = fileName.replace(/\.(onnx|onnxtxt|onnxtext)$/i, '');
  const head = `${entryText('model', fileName)}${entryText('engine', `${name}.engine`)}`;
  if (inputs.length === 0) return { text: head, isDynamic: false };
  const entries = profileEntries(inputs, new Map()).map(
    (entry, index) => `  ${index === 0 ? '-' : ' '} ${entry}\n`,
  );
  const comment = '# Sizes guessed from the names of the dimensions: set those that you use.\n';
  return { text: `${head}${comment}profiles:\n${entries.join('')}`, isDynamic: true };
}
