export { counted } from "@tandem/kernel";
