import type * as vscode from 'vscode';
import type {
  Middleware,
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageclient/node';

type WorkDone = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;
type NotificationProgress = vscode.Progress<{ message?: string; increment?: number }>;

/**
 * The server's progress goes into the status bar, but what the user has asked for and waits for belongs into the notification
 * that the command shows.
 */
export interface WorkDoneProgress {
  readonly middleware: Pick<Middleware, 'handleWorkDoneProgress'>;
  /** While `work` is under way, what begins with the title `title` is shown in `progress`. */
  redirect<Result>(
    title: string,
    progress: NotificationProgress,
    work: () => Promise<Result>,
  ): Promise<Result>;
}

export function createWorkDoneProgress(): WorkDoneProgress {
  const redirects = new Map<string, NotificationProgress>();
  const reports = new Map<ProgressToken, (params: WorkDone) => void>();
  return {
    middleware: {
      handleWorkDoneProgress: (token, params, next) => {
        const redirected = params.kind === 'begin' ? redirects.get(params.title) : undefined;
        if (redirected !== undefined) reports.set(token, reportTo(redirected));
        const report = reports.get(token);
        if (report === undefined) next(token, params);
        else report(params);
        if (params.kind === 'end') reports.delete(token);
      },
    },
    redirect: async (title, progress, work) => {
      redirects.set(title, progress);
      try {
        return await work();
      } finally {
        redirects.delete(title);
      }
    },
  };
}

/** The protocol says how far the work is, the editor wants to hear how much farther it has come. */
function reportTo(progress: NotificationProgress): (params: WorkDone) => void {
  let reached = 0;
  return (params) => {
    if (params.kind === 'end') return;
    const percentage = params.percentage ?? reached;
    progress.report({
      increment: percentage - reached,
      ...(params.message === undefined ? {} : { message: params.message }),
    });
    reached = percentage;
  };
}
