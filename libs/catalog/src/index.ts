// Every vendor's descriptor and webhook verifier, cheap; lazy loaders behind a second door. Door of this project; filled in by the work on its layer.
export {};
