// Builds the dashboard (www/app) into www/app/dist, which the daemon embeds and serves at `/`. Everything is a file of its own with a
// hashed name, nothing is inline: the daemon's Content-Security-Policy allows no inline script.
// The dashboard imports the npm package `landfall` by name, as any application does; the name resolves to dist/ through `exports`.
import { fileURLToPath } from 'node:url';
import { EsbuildPlugin } from 'esbuild-loader';
import HtmlWebpackPlugin from 'html-webpack-plugin';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';

const app = fileURLToPath(new URL('www/app/', import.meta.url));
/** The engines that have what the package needs: WebAssembly, Web Locks, BroadcastChannel. */
const target = 'es2022';

export default (_env, { mode = 'production' } = {}) => ({
  mode,
  target: ['web', target],
  context: app,
  entry: './main.tsx',
  devtool: mode === 'production' ? false : 'source-map',
  output: {
    path: `${app}dist`,
    filename: '[name].[contenthash:12].js',
    chunkFilename: '[name].[contenthash:12].js',
    assetModuleFilename: '[name].[contenthash:12][ext]',
    publicPath: '/',
    clean: true,
  },
  resolve: { extensions: ['.tsx', '.ts', '.js'] },
  module: {
    rules: [
      { test: /\.tsx?$/, loader: 'esbuild-loader', options: { target, jsx: 'automatic' } },
      // package.json says that the package's modules have no side effects; a stylesheet is nothing but one.
      { test: /\.css$/, sideEffects: true, use: [MiniCssExtractPlugin.loader, { loader: 'css-loader', options: { url: false } }] },
    ],
  },
  optimization: {
    minimizer: [new EsbuildPlugin({ target, css: true, legalComments: 'eof' })],
    moduleIds: 'deterministic',
    runtimeChunk: 'single',
  },
  // The engine comes in a chunk of its own after the first paint; what a page loads first is what is limited here.
  performance: { hints: mode === 'production' ? 'error' : false, maxEntrypointSize: 350_000, maxAssetSize: 350_000 },
  plugins: [
    new HtmlWebpackPlugin({ template: './index.html', favicon: './favicon.svg', scriptLoading: 'module' }),
    new MiniCssExtractPlugin({ filename: '[name].[contenthash:12].css' }),
  ],
});
