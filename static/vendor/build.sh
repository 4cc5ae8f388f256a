#!/bin/sh
# Bundles the libraries named in package.json into one ES module each (maintainers only; users never need Node).
# Exact versions from package-lock.json, no install scripts. Checks afterwards that no file needs eval
# (the pages' Content-Security-Policy forbids it) and writes checksums.sha256.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund

version() { node -p "require('./node_modules/$1/package.json').version"; }

bundle() { # name, banner
    node node_modules/esbuild/bin/esbuild "entries/$1.js" --bundle --minify --format=esm --target=es2022 \
        --legal-comments=none "--banner:js=/*! $2 */" "--outfile=$1.js" --log-level=warning
}

licence() { # package, file name
    cp "$(ls node_modules/"$1"/LICENSE* | head -n 1)" "licences/$2.txt"
}

mkdir -p licences
bundle preact "preact $(version preact) (MIT), @preact/signals $(version @preact/signals) (MIT), htm $(version htm) (Apache-2.0); texts in licences/"
bundle uplot "uPlot $(version uplot) (MIT); text in licences/"
bundle msgpack "@msgpack/msgpack $(version @msgpack/msgpack) (ISC); text in licences/"
{ echo "/*! uPlot $(version uplot) (MIT); text in licences/ */"; cat node_modules/uplot/dist/uPlot.min.css; } > uplot.css

licence preact preact
licence @preact/signals preact-signals
licence htm htm
licence uplot uplot
licence @msgpack/msgpack msgpack

if grep -nE '(^|[^.A-Za-z])eval\(|new Function\(' preact.js uplot.js msgpack.js; then
    echo "a bundle uses eval: it cannot run under the Content-Security-Policy" >&2
    exit 1
fi
sha256sum preact.js uplot.js uplot.css msgpack.js > checksums.sha256
rm -rf node_modules
