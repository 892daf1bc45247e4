/** What a mark is made of: everything that media serves of a deployment raises one of them. */
export interface MarkedRow {
  readonly generation: number;
  readonly state_serial: number;
  readonly config_version: number;
  readonly credential_serial: number;
}

/** The same mark in SQL, over the columns of `deployment`. */
export const SERVED_MARK = "concat_ws('.', generation, state_serial, config_version, credential_serial)";

export const servedMark = (row: MarkedRow): string =>
  [row.generation, row.state_serial, row.config_version, row.credential_serial].join(".");
