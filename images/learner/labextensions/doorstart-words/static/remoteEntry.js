// Parts of JupyterLab are made without a translator and then speak English, though there is a catalogue: they ask the
// "null translator", which says every sentence as it is. Here it asks the real one.
//
// Written by hand in the form that JupyterLab loads (a module federation container), so that it needs no build.
(() => {
  'use strict';

  let scope;

  async function load() {
    const [version] = Object.values(scope['@jupyterlab/translation']);
    const { ITranslator, nullTranslator } = (await version.get())();
    const plugin = {
      id: 'doorstart-words:plugin',
      autoStart: true,
      requires: [ITranslator],
      activate: (app, translator) => {
        if (translator !== nullTranslator) {
          nullTranslator.load = domain => translator.load(domain);
        }
        // The first link of the page, for the keyboard, asks nobody.
        void app.started.then(() => {
          for (const link of document.querySelectorAll('a.skip-link')) {
            link.text = translator.load('jupyterlab').__(link.text);
          }
        });
      }
    };
    return () => ({ __esModule: true, default: plugin });
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB['doorstart-words'] = {
    init: given => {
      scope = given;
    },
    get: load
  };
})();
