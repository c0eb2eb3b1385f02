// Running a notebook from its first cell in a fresh kernel, so that the checks see what the teacher's will see.
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { answers, untilHeard } from './kernel';

/** Thrown when the person stopped it, and when the kernel ended by itself. */
export class Stopped extends Error {}
export class Died extends Error {}

export interface Run {
  /** Resolves when all cells were run. */
  done: Promise<void>;
  stop(): void;
}

/** Runs all cells; one that fails does not keep the others from running. */
export function runAll(panel: NotebookPanel, progress: (done: number, total: number) => void): Run {
  let stopped = false;
  let giveUp: (reason: Stopped) => void;
  const stop = new Promise<never>((_, reject) => (giveUp = reject));
  const session = panel.sessionContext;
  const work = async (): Promise<void> => {
    const cells = panel.content.widgets.filter(cell => cell instanceof CodeCell);
    progress(0, cells.length);
    await session.ready;
    // A kernel that is restarted while its server still connects to it has been seen to take all of the server's memory.
    const before = session.session?.kernel;
    await (before && untilHeard(before));
    await session.restartKernel();
    const kernel = session.session?.kernel;
    if (!kernel || !(await answers(kernel))) {
      throw new Died();
    }
    for (const [number, cell] of cells.entries()) {
      if (stopped) {
        return;
      }
      progress(number + 1, cells.length);
      await CodeCell.execute(cell, session, { deletedCells: [] });
    }
  };
  const died = new Promise<never>((_, reject) => {
    const look = (): void => {
      const status = session.session?.kernel?.status;
      if (status === 'dead' || status === 'autorestarting') {
        reject(new Died());
      }
    };
    session.statusChanged.connect(look);
    void session.ready.then(look);
  });
  return {
    done: Promise.race([work(), died, stop]),
    stop: () => {
      stopped = true;
      giveUp(new Stopped());
      void session.session?.kernel?.interrupt();
    }
  };
}
