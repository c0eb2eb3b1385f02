// JupyterLab's registry of settings, which checks only those that somebody has changed. JupyterLab compiles two programs
// from each of some seventy schemas whenever a page opens, to find out that nothing is changed in nearly all of them.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import type { ISchemaValidator } from '@jupyterlab/settingregistry';
import {
  DefaultSchemaValidator,
  ISettingConnector,
  ISettingRegistry,
  SettingRegistry
} from '@jupyterlab/settingregistry';

import { defaults } from './defaults';

const UNCHANGED = /^\s*\{\s*\}\s*$/;

/** Fills in the defaults where nothing was changed, and leaves the rest to JupyterLab's own. */
class Validator implements ISchemaValidator {
  private readonly own = new DefaultSchemaValidator();

  validateData(plugin: ISettingRegistry.IPlugin, populate = true): ISchemaValidator.IError[] | null {
    if (!UNCHANGED.test(plugin.raw) || plugin.schema.type !== 'object') {
      return this.own.validateData(plugin, populate);
    }
    if (populate) {
      plugin.data = { composite: defaults(plugin.schema), user: {} };
    }
    return null;
  }
}

/** In the place of JupyterLab's own `settings`, which package.json switches off. */
export const settingRegistry: JupyterFrontEndPlugin<ISettingRegistry> = {
  id: 'doorstart-lab:settings',
  description: 'The settings, of which those that are changed are checked',
  autoStart: true,
  provides: ISettingRegistry,
  requires: [ISettingConnector],
  activate: async (app: JupyterFrontEnd, connector: ISettingConnector): Promise<ISettingRegistry> => {
    const { values } = await connector.list('active');
    const plugins = values.filter(({ id }) => app.hasPlugin(id));
    const registry = new SettingRegistry({ connector, plugins, validator: new Validator() });
    void app.restored.then(async () => {
      // Those that wait for somebody to say how they are to be transformed.
      const { ids } = await connector.list('ids');
      const left = ids.filter(
        id => app.hasPlugin(id) && !PageConfig.Extension.isDisabled(id) && !(id in registry.plugins)
      );
      for (const id of left) {
        registry.load(id).catch(error => console.warn(`The settings of ${id} could not be loaded`, error));
      }
    });
    return registry;
  }
};
