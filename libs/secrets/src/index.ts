// Sealing and opening of tenant credentials (JWE). Door of this project; filled in by the work on its layer.
export {};
