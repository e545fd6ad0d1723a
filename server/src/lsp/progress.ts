import type { Connection } from 'vscode-languageserver/node';

/** Shows work under way in the editor (`window/workDoneProgress`); a report has a message and, where known, a percentage. */
export async function withProgress<Result>(
  connection: Connection,
  title: string,
  work: (report: (message: string, percentage?: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = await connection.window.createWorkDoneProgress();
  progress.begin(title, 0);
  try {
    return await work((message, percentage) => {
      if (percentage === undefined) {
        progress.report(message);
      } else {
        progress.report(Math.round(percentage), message);
      }
    });
  } finally {
    progress.done();
  }
}
