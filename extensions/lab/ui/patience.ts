// A cell that is run before its notebook has a kernel is run when the kernel is there and answers. JupyterLab forgets it
// without a word, or waits for it forever, and a learner who is quick sees that nothing happens.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { CodeCell } from '@jupyterlab/cells';
import { INotebookCellExecutor, runCell } from '@jupyterlab/notebook';

import { untilHeard } from './kernel';

/** In the place of JupyterLab's own `cell-executor`, which package.json switches off. */
export const patience: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: 'doorstart-lab:cell-executor',
  description: 'Runs cells, and waits for their kernel first',
  autoStart: true,
  provides: INotebookCellExecutor,
  activate: () => ({
    runCell: async options => {
      const { cell, sessionContext } = options;
      if (cell instanceof CodeCell && sessionContext) {
        if (!sessionContext.isReady) {
          cell.setPrompt('*'); // as of one that waits for its turn
          // The start that JupyterLab has begun itself: to ask again only waits for it.
          await sessionContext.initialize();
        }
        const kernel = sessionContext.session?.kernel;
        const heard = kernel && untilHeard(kernel);
        if (heard) {
          cell.setPrompt('*');
          await heard;
        }
      }
      return runCell(options);
    }
  })
};
