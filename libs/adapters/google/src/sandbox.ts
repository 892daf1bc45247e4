// Google: calendars. Door of this project; filled in by the work on its layer.
export {};
