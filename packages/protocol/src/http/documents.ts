export { endpointsMarkdown, errorsMarkdown } from './markdown.ts';
export { openApiDocument } from './openapi.ts';
