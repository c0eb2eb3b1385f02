// Elements in one call. Text is always set as text, never as HTML.

type Attributes = Record<string, string | boolean | (() => void)>;

/** An element; attributes whose value is a function are listeners, false leaves an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

/** A button with a text. */
export function button(text: string, press: () => void, kind = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: `ds-button ${kind}`.trim(), click: press }, text);
}

/** A link that looks like a button and opens beside the page. */
export function link(text: string, address: string): HTMLAnchorElement {
  return h('a', { class: 'ds-button', href: address, target: '_blank', rel: 'noopener' }, text);
}

/**
 * A dialog that keeps the keyboard inside until it is closed, with Esc too. `closed` runs behind it, and the focus goes
 * back to where it was.
 */
export function openDialog(title: string, content: (Node | string | null)[], closed: () => void = () => {}): HTMLDialogElement {
  const before = document.activeElement;
  const heading = h('h2', { id: 'ds-dialog-title', tabindex: '-1' }, title);
  const dialog = h('dialog', { class: 'ds-dialog', 'aria-labelledby': 'ds-dialog-title' }, heading, ...content);
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed();
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus();
    }
  });
  // Keys that are typed here are not commands of JupyterLab; nor is F1 the browser's help, which is on the internet.
  dialog.addEventListener('keydown', event => {
    event.stopPropagation();
    if (event.key === 'F1') {
      event.preventDefault();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return dialog;
}
