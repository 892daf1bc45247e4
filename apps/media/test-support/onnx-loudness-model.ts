// A voice model made by hand, byte by byte: sigmoid(60 × mean(|x|) − 1.5). Anything louder than a whisper is voice to it.

type Field = Buffer;

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
};
const number = (field: number, value: number): Field => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Uint8Array | string): Field => {
  const body = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};
const message = (...fields: Field[]): Buffer => Buffer.concat(fields);

const FLOAT = 1;
const floats = (values: readonly number[]): Buffer => Buffer.from(new Float32Array(values).buffer);

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const node = (operation: string, inputs: readonly string[], output: string, ...attributes: Buffer[]): Field =>
  bytes(
    1,
    message(
      ...inputs.map((name) => bytes(1, name)),
      bytes(2, output),
      bytes(4, operation),
      ...attributes.map((attribute) => bytes(5, attribute)),
    ),
  );
/** AttributeProto: name 1, i 3, ints 8, type 20 (2 = INT, 7 = INTS). */
const axes = message(bytes(1, "axes"), number(8, 1), number(20, 7));
const keepsDimensions = message(bytes(1, "keepdims"), number(3, 1), number(20, 2));
/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
const constant = (name: string, value: number): Field =>
  bytes(5, message(number(1, 1), number(2, FLOAT), bytes(8, name), bytes(9, floats([value]))));
/** ValueInfoProto of a float tensor [1, size]. */
const tensor = (field: number, name: string, size: number): Field => {
  const dimension = (value: number) => bytes(1, number(1, value));
  const shape = bytes(2, message(dimension(1), dimension(size)));
  return bytes(field, message(bytes(1, name), bytes(2, bytes(1, message(number(1, FLOAT), shape)))));
};

/** The model as the bytes of an `.onnx` file (IR 8, opset 13). */
export function loudnessModel(): Buffer {
  const graph = message(
    node("Abs", ["input"], "magnitude"),
    node("ReduceMean", ["magnitude"], "mean", axes, keepsDimensions),
    node("Mul", ["mean", "slope"], "scaled"),
    node("Add", ["scaled", "offset"], "logit"),
    node("Sigmoid", ["logit"], "output"),
    bytes(2, "loudness"),
    constant("slope", 60),
    constant("offset", -1.5),
    tensor(11, "input", 256),
    tensor(12, "output", 1),
  );
  return message(number(1, 8), bytes(7, graph), bytes(8, message(number(2, 13))));
}
