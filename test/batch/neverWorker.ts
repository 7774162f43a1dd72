// A worker that ends before it has begun with anything, as where a package is missing.
process.exit(3);
