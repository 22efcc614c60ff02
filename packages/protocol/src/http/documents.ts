export { endpointsMarkdown, errorsMarkdown, reasonsMarkdown } from './markdown.ts';
export { openApiDocument } from './openapi.ts';
