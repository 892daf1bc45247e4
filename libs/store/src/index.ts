// PostgreSQL through Prisma: the only place that sees rows. Door of this project; filled in by the work on its layer.
export {};
