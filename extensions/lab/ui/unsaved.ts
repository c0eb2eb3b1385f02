// Work that is typed while a save is on its way is not in what is saved. JupyterLab calls the document saved all the
// same, and would not save it again by itself until something else changes.
import type { DocumentRegistry } from '@jupyterlab/docregistry';

/** Keeps a document that changed during a save marked as not saved, so that it is saved again. */
export function keepUnsaved(context: DocumentRegistry.Context): void {
  let changed = false;
  context.model.contentChanged.connect(() => (changed = true));
  context.saveState.connect((_, state) => {
    if (state === 'started') {
      changed = false;
    } else if (state === 'completed' && changed) {
      context.model.dirty = true;
    }
  });
}
