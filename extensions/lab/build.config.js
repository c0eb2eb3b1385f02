// What the builder of JupyterLab extensions is told beside its own rules: TypeScript is compiled by its own compiler.

// Which of JupyterLab's packages the page needs, in the order of their numbers: the builder finds them in parallel,
// and on a busy machine in another order.
const inOrder = {
  apply(compiler) {
    const { Compilation, sources } = compiler.webpack;
    const stage = Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_HASH - 1; // before names are made from the contents
    compiler.hooks.thisCompilation.tap('inOrder', compilation =>
      compilation.hooks.processAssets.tap({ name: 'inOrder', stage }, assets => {
        for (const name of Object.keys(assets).filter(one => one.includes('remoteEntry'))) {
          const sorted = list => JSON.stringify(JSON.parse(list).sort((one, other) => one - other));
          const text = assets[name].source().toString();
          const ordered = text.replace(/(?<=chunkMapping:)\{.*?\}/s, mapping => mapping.replace(/\[[^\]]*\]/g, sorted));
          compilation.updateAsset(name, new sources.RawSource(ordered));
        }
      })
    );
  }
};

module.exports = {
  plugins: [inOrder],
  resolve: { extensions: ['.ts', '.js'], symlinks: false },
  resolveLoader: { symlinks: false },
  // Numbers by order, and not from paths: the same bytes are made wherever the folder is.
  optimization: { moduleIds: 'natural', chunkIds: 'natural' },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
        type: 'javascript/auto'
      }
    ]
  }
};
