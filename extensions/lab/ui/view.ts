// How the page looks: simple mode, large text, high contrast; and the switches for them. Kept in JupyterLab's settings.
import type { ILabShell } from '@jupyterlab/application';
import type { IThemeManager } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { button, h } from './dom';
import { helpWithKeys } from './keys';
import type { Speaker } from './words';

type Switch = 'simple' | 'large' | 'contrast';
const THEMES = { usual: 'JupyterLab Light', contrast: 'JupyterLab Dark High Contrast' };
/** The id of the side panel "My courses". */
export const PANEL = 'doorstart-courses';

export class View {
  /** The switches, for the foot of the side panel. */
  readonly node: HTMLElement;
  private readonly mode: HTMLButtonElement;
  private readonly large: HTMLButtonElement;
  private readonly contrast: HTMLButtonElement;
  /** Whether the layout is that of simple mode; null: it was not touched yet. */
  private shown: boolean | null = null;
  /** What was chosen here and is not in the settings yet: they are saved first, which takes a while on a busy server. */
  private readonly chosen = new Map<Switch, boolean>();
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly shell: ILabShell,
    private readonly themes: IThemeManager | null,
    private readonly settings: ISettingRegistry.ISettings,
    private readonly speaker: Speaker,
    restored: Promise<unknown>,
    tour: () => void
  ) {
    const { say } = speaker;
    this.mode = button('', () => this.choose('simple', !this.simple));
    this.mode.setAttribute('data-switch', 'mode');
    this.large = button(say('large'), () => this.choose('large', !this.is('large')));
    this.contrast = button(say('contrast'), () => this.switchContrast());
    const home = PageConfig.getOption('hubPrefix');
    this.node = h(
      'section',
      { class: 'ds-view' },
      h('h3', {}, say('view')),
      this.large,
      this.contrast,
      button(say('keys'), () => helpWithKeys(speaker, tour)),
      button(say('tour'), tour),
      this.mode,
      home ? h('a', { class: 'ds-button', href: `${home}home` }, say('home')) : null
    );
    document.body.style.setProperty('--ds-welcome', JSON.stringify(say('welcome')));
    settings.changed.connect(() => {
      for (const [name, value] of this.chosen) {
        if (settings.composite[name] === value) {
          this.chosen.delete(name);
        }
      }
      this.apply();
    });
    // JupyterLab puts back the layout of last time first.
    document.body.classList.toggle('ds-simple', this.simple);
    void restored.then(() => {
      document.body.classList.add('ds-shown');
      this.apply();
    });
  }

  /** Shows what was chosen at once, so that a second press means the opposite of what is seen, and keeps it. */
  private choose(name: Switch, value: boolean): void {
    this.chosen.set(name, value);
    this.apply();
    // One after another, so that what is kept is what was chosen last; what cannot be kept is shown all the same.
    this.saving = this.saving.then(() => this.settings.set(name, value)).catch(() => undefined);
  }

  private is(name: 'large' | 'contrast'): boolean {
    return (this.chosen.get(name) ?? this.settings.composite[name]) === true;
  }

  get simple(): boolean {
    const chosen = this.chosen.get('simple') ?? this.settings.composite['simple'];
    return typeof chosen === 'boolean' ? chosen : PageConfig.getOption('doorstartSimple') !== 'no';
  }

  private apply(): void {
    const { simple } = this;
    document.body.classList.toggle('ds-simple', simple);
    document.body.classList.toggle('ds-large', this.is('large'));
    this.mode.textContent = this.speaker.say(simple ? 'full' : 'simple');
    this.large.setAttribute('aria-pressed', String(this.is('large')));
    this.contrast.setAttribute('aria-pressed', String(this.is('contrast')));
    const mode = simple ? 'single-document' : 'multiple-document';
    if (this.shell.mode !== mode) {
      this.shell.mode = mode;
    }
    const switched = this.shown !== simple;
    if (!switched) {
      return;
    }
    for (const area of ['top', 'menu', 'bottom'] as const) {
      const [first] = this.shell.widgets(area);
      first?.parent?.setHidden(simple);
    }
    for (const side of ['left', 'right'] as const) {
      if (this.shell.isSideTabBarVisible(side) === simple) {
        this.shell.toggleSideTabBarVisibility(side);
      }
    }
    this.shell.activateById(PANEL);
    if (this.shown !== null) {
      this.mode.focus();
    }
    this.shown = simple;
  }

  private switchContrast(): void {
    const contrast = !this.is('contrast');
    this.choose('contrast', contrast);
    void this.themes?.setTheme(contrast ? THEMES.contrast : THEMES.usual);
  }
}
