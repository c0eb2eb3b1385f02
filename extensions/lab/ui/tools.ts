// Uploads that the site left out: the file browser's button, and files that are dropped on the page or pasted into a cell.
// What is a plugin of JupyterLab by itself is switched off by the server: doorstart_lab/tools.py.
import type { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

/** Whether files from outside the page come with an event. */
function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}

function refuse(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * Takes in no file from outside, wherever on the page somebody puts it.
 *
 * @param restored when JupyterLab has added its own button, which is then replaced by nothing.
 */
export function withoutUploads(toolbars: IToolbarWidgetRegistry, restored: Promise<unknown>): void {
  void restored.then(() =>
    toolbars.addFactory('FileBrowser', 'uploader', () => {
      const nothing = new Widget();
      nothing.hide();
      return nothing;
    })
  );
  // On the window, which sees events before any part of JupyterLab.
  for (const kind of ['dragenter', 'dragover', 'drop'] as const) {
    window.addEventListener(
      kind,
      event => {
        if (carriesFiles(event.dataTransfer)) {
          event.dataTransfer!.dropEffect = 'none';
          refuse(event);
        }
      },
      true
    );
  }
  // Text that comes with a picture of it, as office programs copy, is still pasted: by the browser, without the picture.
  window.addEventListener(
    'paste',
    event => {
      if (carriesFiles(event.clipboardData)) {
        const text = event.clipboardData!.getData('text/plain');
        refuse(event);
        if (text) {
          document.execCommand('insertText', false, text);
        }
      }
    },
    true
  );
}
