import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createWorkDoneProgress } from '../../client/src/work-done-progress.ts';

describe('progress that the user waits for', () => {
  test('goes into the notification of the command, other progress into the status bar', async () => {
    const { middleware, redirect } = createWorkDoneProgress();
    const inNotification: unknown[] = [];
    const inStatusBar: unknown[] = [];
    const send = (
      token: string,
      params: Parameters<NonNullable<typeof middleware.handleWorkDoneProgress>>[1],
    ) => middleware.handleWorkDoneProgress?.(token, params, (_, value) => inStatusBar.push(value));

    await redirect('Installing', { report: (value) => inNotification.push(value) }, async () => {
      send('a', { kind: 'begin', title: 'Installing', percentage: 0 });
      send('b', { kind: 'begin', title: 'Indexing' });
      send('a', { kind: 'report', message: '30 of 100 MB', percentage: 30 });
      send('a', { kind: 'report', message: '100 of 100 MB', percentage: 100 });
      send('a', { kind: 'end' });
    });
    send('c', { kind: 'begin', title: 'Installing' });

    assert.deepEqual(inNotification, [
      { increment: 0 },
      { increment: 30, message: '30 of 100 MB' },
      { increment: 70, message: '100 of 100 MB' },
    ]);
    assert.deepEqual(inStatusBar, [
      { kind: 'begin', title: 'Indexing' },
      { kind: 'begin', title: 'Installing' },
    ]);
  });
});
