export { endpointsMarkdown, errorsMarkdown, reasonsMarkdown } from './markdown.ts';
export { settingsMarkdown } from '../settings-markdown.ts';
export { openApiDocument } from './openapi.ts';
