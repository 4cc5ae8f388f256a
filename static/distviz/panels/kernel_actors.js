// The actor kernel, as the panels see it. See kernels.js.

export const actors = {};
