// The extension: what JupyterLab starts, and how the parts are put together.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import { IThemeManager, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';

import { Bar } from './bar';
import { CoursesPanel } from './courses';
import { FeedbackPanel } from './feedback';
import { HandingIn } from './handing-in';
import { helpWithKeys, KEYS } from './keys';
import { reopenLast } from './last';
import { type Place, Units } from './model';
import { NoticeBanner } from './notice';
import { patience } from './patience';
import { reason, Server } from './server';
import { settingRegistry } from './settings';
import { withoutUploads } from './tools';
import { Tour } from './tour';
import { keepUnsaved, saveInTurn } from './unsaved';
import { PANEL, View } from './view';
import { speaker } from './words';

const ID = 'doorstart-lab:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "A learner's courses, and what can be done with a unit",
  autoStart: true,
  requires: [
    ILabShell,
    ISettingRegistry,
    IDocumentManager,
    INotebookTracker,
    IStateDB,
    ITranslator,
    IToolbarWidgetRegistry
  ],
  optional: [IThemeManager],
  activate: async (
    app: JupyterFrontEnd,
    shell: ILabShell,
    registry: ISettingRegistry,
    documents: IDocumentManager,
    notebooks: INotebookTracker,
    state: IStateDB,
    translator: ITranslator,
    toolbars: IToolbarWidgetRegistry,
    themes: IThemeManager | null
  ) => {
    // The start page's link to a unit, "course/assignment"; read before JupyterLab changes the address.
    const asked = new URLSearchParams(window.location.search).get('doorstart-unit');
    // JupyterLab's own language is the Hub's until somebody chooses another one in its menu.
    const words = speaker(translator.languageCode.slice(0, 2), PageConfig.getOption('doorstartLanguage'));
    const server = new Server();
    const units = new Units(server);
    const handingIn = new HandingIn(units, words);
    const bars = new WeakMap<NotebookPanel, Bar>();

    const open = (path: string): Promise<unknown> =>
      app.commands.execute('docmanager:open', { path, factory: 'Notebook' });

    const showFeedback = async ({ course, unit }: Place): Promise<string | null> => {
      try {
        const given = await server.feedback(course.course, unit.assignment);
        const beside = new FeedbackPanel(unit.title, given, words);
        for (const old of shell.widgets('right')) {
          if (old instanceof FeedbackPanel) {
            old.dispose();
          }
        }
        shell.add(beside, 'right');
        shell.activateById(beside.id);
        return null;
      } catch (error) {
        return words.say('feedback_failed', { why: words.why(...reason(error)) });
      }
    };

    // Before the first notebook opens.
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context: DocumentRegistry.IContext<INotebookModel>) => {
        keepUnsaved(context);
        saveInTurn(context);
        const bar = new Bar(panel, units, words, handingIn, showFeedback);
        bars.set(panel, bar);
        panel.contentHeader.insertWidget(0, bar);
        return bar;
      }
    });

    const settings = await registry.load(ID);
    if (!PageConfig.getOption('doorstartTools').split(',').includes('uploads')) {
      withoutUploads(toolbars, app.restored);
    }
    const tour = new Tour(app.serviceManager.kernels, settings, words, () =>
      shell.activateById(notebooks.currentWidget?.id ?? PANEL)
    );
    const view = new View(shell, themes, settings, words, app.restored, () => tour.open());
    const panel = new CoursesPanel(units, words, open, showFeedback, view.node);
    shell.add(panel, 'left', { rank: 0 });
    new NoticeBanner(app, documents, server, words);
    const listed = units.refresh();
    if (view.simple) {
      void reopenLast(app, notebooks, state, asked === null ? open : null);
    }
    void Promise.all([listed, app.restored]).then(() => tour.welcome());
    if (asked !== null) {
      void Promise.all([listed, app.restored]).then(() => panel.begin(asked));
    }

    const commands: [string, string | null, () => void][] = [
      ['doorstart:courses', KEYS.courses, () => shell.activateById(panel.id)],
      ['doorstart:keys', KEYS.help, () => helpWithKeys(words, () => tour.open())],
      ['doorstart:tour', null, () => tour.open()],
      ['doorstart:bar', KEYS.bar, () => notebooks.currentWidget && bars.get(notebooks.currentWidget)?.focus()]
    ];
    const labels = {
      'doorstart:courses': 'key_list',
      'doorstart:keys': 'keys',
      'doorstart:tour': 'tour',
      'doorstart:bar': 'key_bar'
    } as const;
    for (const [id, key, execute] of commands) {
      app.commands.addCommand(id, { label: words.say(labels[id as keyof typeof labels]), execute });
      if (key) {
        app.commands.addKeyBinding({ command: id, keys: [key], selector: 'body' });
      }
    }
  }
};

export default [plugin, patience, settingRegistry];
