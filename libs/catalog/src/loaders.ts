export { adapterLoaders } from "./adapter-loaders.ts";
export { type LoadedCredential, type OpenVendors, openVendors, type VendorsOptions } from "./open-vendors.ts";
