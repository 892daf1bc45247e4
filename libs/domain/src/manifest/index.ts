// The pure model: one room per noun, no I/O and no clock. Door of this project; filled in by the work on its layer.
export {};
