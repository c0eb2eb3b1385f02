// Makes one module for Node of what the tests of the logic import. Arguments: folder of the sources, file to write.
const [, , ui, file] = process.argv;
const path = require('path');
const { rspack } = require('@rspack/core');

const swc = { loader: 'builtin:swc-loader', options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } } };
const entry = ['dates', 'checks', 'defaults', 'late', 'turns', 'unsaved', 'words'].map(name => `export * as ${name} from ${JSON.stringify(path.join(ui, `${name}.ts`))};`);
rspack(
  {
    mode: 'none',
    target: 'node',
    entry: `data:text/javascript,${encodeURIComponent(entry.join(''))}`,
    output: { path: path.dirname(file), filename: path.basename(file), library: { type: 'module' }, module: true },
    resolve: { extensions: ['.ts', '.js'] },
    module: { rules: [{ test: /\.ts$/, ...swc, type: 'javascript/auto' }] }
  },
  (error, stats) => {
    if (error || stats.hasErrors()) {
      console.error(error ?? stats.toString());
      process.exit(1);
    }
  }
);
