import { type Command, UsageError } from './command.ts';

export const lspCommand: Command = {
  name: 'lsp',
  summary: 'Start the language server for an editor',
  forms: ['lsp --stdio'],
  description:
    'Speaks the Language Server Protocol over standard input and output, for any editor that has a client for it.',
  options: { stdio: { help: 'Use standard input and output (the only way there is).' } },
  positionals: { least: 0, most: 0, what: '' },
  run: async (given) => {
    if (!given.flag('stdio'))
      throw new UsageError('Please say --stdio: it is the only way to talk to the server.');
    const { startLanguageServer } = await import('../lsp/main.ts');
    const { giveMemoryBackAtRest, keepHeapSmall } = await import('../lsp/memory.ts');
    keepHeapSmall();
    giveMemoryBackAtRest();
    startLanguageServer();
    // The server ends the process when the editor says `exit`.
    return await new Promise(() => undefined);
  },
};
