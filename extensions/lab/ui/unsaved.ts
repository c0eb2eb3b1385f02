// Work that is typed while a save is on its way is not in what is saved. JupyterLab calls the document saved all the
// same, and would not save it again by itself until something else changes. And two saves at once look to JupyterLab as
// if somebody else had changed the file: it asks, and one of its answers throws away what was typed.
import type { DocumentRegistry } from '@jupyterlab/docregistry';

import { inTurn } from './turns';

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

/** Lets a document be saved once at a time, whoever asks: the clock, a key, or a button. */
export function saveInTurn(context: DocumentRegistry.Context): void {
  context.save = inTurn(context.save.bind(context));
}
