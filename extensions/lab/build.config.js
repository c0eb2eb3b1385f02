// What the builder of JupyterLab extensions is told beside its own rules: TypeScript is compiled by its own compiler.
module.exports = {
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
