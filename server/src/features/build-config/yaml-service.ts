/**
 * The YAML language service with the schema of configs, and no other: nothing is ever fetched. It is loaded when the first
 * config is opened, as it is large.
 */
import type { LanguageService } from 'yaml-language-server/out/server/src/languageservice/yamlLanguageService.js';
import { configSchema } from '../../build-config/schema/config-schema.ts';

const schemaUri = 'tensorrt-config://schema';

let service: Promise<LanguageService> | undefined;

export function yamlService(): Promise<LanguageService> {
  service ??= createService();
  return service;
}

async function createService(): Promise<LanguageService> {
  const { getLanguageService } = await import(
    'yaml-language-server/out/server/src/languageservice/yamlLanguageService.js'
  );
  const created = getLanguageService({
    schemaRequestService: (uri) =>
      uri === schemaUri
        ? Promise.resolve(JSON.stringify(configSchema()))
        : // `# yaml-language-server: $schema=https://…` in a text, for one.
          Promise.reject(new Error(`${uri} is not fetched: build configs have one schema.`)),
    workspaceContext: { resolveRelativePath: (relativePath) => relativePath },
    // Markdown in completions, as in hovers.
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } } },
    },
  });
  created.configure({
    validate: true,
    hover: true,
    completion: true,
    format: true,
    indentation: '  ',
    hoverSchemaSource: false,
    disableDefaultProperties: true,
    yamlVersion: '1.2',
  });
  created.registerCustomSchemaProvider(() => Promise.resolve(schemaUri));
  return created;
}
