// In simple mode JupyterLab forgets which document was open when the page is loaded again: so it is kept, with the layout.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IStateDB } from '@jupyterlab/statedb';

const KEY = 'doorstart-lab:last';

/**
 * Opens the notebook that was open last, unless one is open, and keeps from then on which one is.
 *
 * @param open null: another one is to be opened.
 */
export async function reopenLast(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  state: IStateDB,
  open: ((path: string) => Promise<unknown>) | null
): Promise<void> {
  await app.restored;
  const path = await state.fetch(KEY);
  notebooks.currentChanged.connect((_, panel) => {
    if (panel) {
      void state.save(KEY, panel.context.path);
    }
  });
  if (open && typeof path === 'string' && !notebooks.currentWidget) {
    try {
      await app.serviceManager.contents.get(path, { content: false });
    } catch {
      return; // It was deleted or renamed.
    }
    await open(path);
  }
}
