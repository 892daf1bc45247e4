export type { Change, ChangeAction, ChangeStage, FieldChange, Finding, Plan } from "./change.ts";
export type { Operation, OperationVerb } from "./operation.ts";
