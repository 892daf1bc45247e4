// Retell: hosted voice agents. Door of this project; filled in by the work on its layer.
export {};
