// In an instructor's JupyterLab nothing that a notebook shows is trusted.
//
// JupyterLab trusts what a cell shows once the reader has run it: its HTML may then hold scripts, and other kinds of
// output may take over the page. Here a learner's notebook is run by the instructor, so the reader's wish to run it
// says nothing about it. Everything is shown as in a notebook that is not trusted, a link is followed only to the files
// of the course, and no form is sent.
//
// Written by hand in the form that JupyterLab loads (a module federation container), so that it needs no build.
(() => {
  'use strict';

  const CONTENT = '.jp-Cell, .jp-OutputArea, .jp-RenderedHTMLCommon, .jp-RenderedText, .jp-MimeDocument';
  let scope;

  async function shared(name) {
    const [version] = Object.values(scope[name]);
    return (await version.get())();
  }

  function untrusted(model) {
    return new Proxy(model, {
      get(target, key) {
        const value = key === 'trusted' ? false : Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      }
    });
  }

  function trustNothing({ RenderMimeRegistry }) {
    const registry = RenderMimeRegistry.prototype;
    const { preferredMimeType, createRenderer } = registry;
    // 'ensure': only kinds of output that are harmless without trust.
    registry.preferredMimeType = function (bundle) {
      return preferredMimeType.call(this, bundle, 'ensure');
    };
    registry.createRenderer = function (mimeType) {
      const renderer = createRenderer.call(this, mimeType);
      const render = renderer.renderModel;
      renderer.renderModel = model => render.call(renderer, untrusted(model));
      return renderer;
    };
  }

  function staysInTheCourse(link, base) {
    const address = link.href.baseVal ?? link.href;
    if ((link.getAttribute('href') ?? '#').startsWith('#')) {
      return true;
    }
    return [base + 'files/', base + 'lab/tree/'].some(start => new URL(address, location).href.startsWith(start));
  }

  function followOnlyLinksToTheCourse({ PageConfig }, { Notification }) {
    const base = new URL(PageConfig.getBaseUrl(), location).href;
    const listen = event => {
      const link = event.target instanceof Element ? event.target.closest('a, area') : null;
      if (link?.closest(CONTENT) && !staysInTheCourse(link, base)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        Notification.info('This link leads out of the course, so it is not followed.', { autoClose: 5000 });
      }
    };
    for (const kind of ['click', 'auxclick']) {
      document.addEventListener(kind, listen, { capture: true });
    }
  }

  // The policy of the page stops what a form sends, but only after the page was asked to be left.
  function sendNoForms() {
    const listen = event => {
      if (event.target instanceof Element && event.target.closest(CONTENT)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    };
    document.addEventListener('submit', listen, { capture: true });
  }

  async function load() {
    trustNothing(await shared('@jupyterlab/rendermime'));
    followOnlyLinksToTheCourse(await shared('@jupyterlab/coreutils'), await shared('@jupyterlab/apputils'));
    sendNoForms();
    return () => ({ __esModule: true, default: { id: 'doorstart-content:plugin', autoStart: true, activate: () => undefined } });
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB['doorstart-content'] = {
    init: given => {
      scope = given;
    },
    get: load
  };
})();
