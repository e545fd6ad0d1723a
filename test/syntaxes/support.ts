/** Runs the grammars as the editor does: vscode-textmate on Oniguruma. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as oniguruma from 'vscode-oniguruma';
import * as textmate from 'vscode-textmate';

const require = createRequire(import.meta.url);
const grammars: Readonly<Record<string, URL>> = {
  'source.onnx': new URL('../../syntaxes/onnx.tmLanguage.json', import.meta.url),
  'source.tensorrt-config': new URL('../../syntaxes/tensorrt-config.tmLanguage.json', import.meta.url),
};

/** VS Code's own YAML grammar is not in a package: keys, strings and comments stand for it here. */
const yamlStandIn = JSON.stringify({
  scopeName: 'source.yaml',
  patterns: [
    { match: '#.*$', name: 'comment.line.number-sign.yaml' },
    { match: '"[^"]*"', name: 'string.quoted.double.yaml' },
    { match: '^\\s*[A-Za-z]+(?=:)', name: 'entity.name.tag.yaml' },
  ],
});

const registry = new textmate.Registry({
  onigLib: oniguruma
    .loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer)
    .then(() => ({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    })),
  loadGrammar: async (scope) => {
    if (scope === 'source.yaml') return textmate.parseRawGrammar(yamlStandIn, 'yaml.json');
    const file = grammars[scope];
    return file ? textmate.parseRawGrammar(readFileSync(file, 'utf8'), file.pathname) : null;
  },
});

export interface Token {
  readonly text: string;
  /** Innermost last, without the grammar's own scope. */
  readonly scopes: readonly string[];
}

/** A token with its place in the text. */
export interface PlacedToken extends Token {
  readonly start: number;
  readonly end: number;
}

/** The tokens of all lines, white space left out. */
export async function tokenize(scope: string, text: string): Promise<Token[]> {
  return (await tokenizeWithOffsets(scope, text)).filter((token) => token.text.trim() !== '');
}

/** The tokens of all lines with their offsets. */
export async function tokenizeWithOffsets(scope: string, text: string): Promise<PlacedToken[]> {
  const grammar = await registry.loadGrammar(scope);
  if (grammar === null) throw new Error(`There is no grammar ${scope}.`);
  let state = textmate.INITIAL;
  let offset = 0;
  return text.split('\n').flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const lineStart = offset;
    offset += line.length + 1;
    return tokens.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scopes: scopes.slice(1),
      start: lineStart + startIndex,
      end: lineStart + endIndex,
    }));
  });
}

/** The innermost scope of the `occurrence`-th token that reads `text`. */
export function scopeOf(tokens: readonly Token[], text: string, occurrence = 0): string | undefined {
  return tokens.filter((token) => token.text.trim() === text)[occurrence]?.scopes.at(-1);
}
