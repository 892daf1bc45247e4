export { type BundleConnection, type BundleResource, isReference, type ReleaseBundle, type ResourceReference } from "./bundle.ts";
