import { content, type Endpoint, type EndpointKey } from './endpoint.ts';

/** Signing in and out; better-auth defines the shapes. */
export const authEndpoints = {
  'POST /api/auth/sign-in/email': {
    access: 'own-page',
    summary: 'Signs an operator in: `{ email, password }`. The session is a cookie.',
    response: content('application/json'),
  },
  'POST /api/auth/sign-out': { access: 'own-page', summary: 'Ends the session.', response: content('application/json') },
  'POST /api/auth/change-password': {
    access: 'own-page',
    summary: 'Changes the password, `{ currentPassword, newPassword }`, and ends all other sessions.',
    response: content('application/json'),
  },
  'POST /api/auth/revoke-other-sessions': {
    access: 'own-page',
    summary: 'Ends all other sessions.',
    response: content('application/json'),
  },
} as const satisfies Record<EndpointKey, Endpoint>;

/** The documentation of this API. */
export const documentEndpoints = {
  'GET /api/v1/openapi.json': {
    access: 'anyone',
    summary: 'The OpenAPI document of this API, with an `ETag`.',
    response: content('application/json'),
  },
} as const satisfies Record<EndpointKey, Endpoint>;

/** The widget's files, and the endpoints for operations. */
export const operationEndpoints = {
  'GET /widget.js': { access: 'public', summary: 'The widget’s loader.', response: content('text/javascript') },
  'GET /widget': { access: 'public', summary: 'The HTML document of the widget’s frame.', response: content('text/html') },
  'GET /widget/assets/{name}': {
    access: 'public',
    summary: 'A file of the frame. Its name holds a hash of its content.',
    response: content('*/*'),
  },
  'GET /demo': {
    access: 'public',
    summary: 'A plain host page with the widget, where `ENABLE_DEMO` is on.',
    response: content('text/html'),
  },
  'GET /livez': { access: 'public', summary: '200 while the process responds. Also on the relay.', response: content('application/json') },
  'GET /readyz': {
    access: 'public',
    summary: '200 while the server can serve requests, 503 with the reasons while it can’t. Also on the relay.',
    response: content('application/json'),
  },
  'GET /metrics': {
    access: 'scraper',
    summary: 'Metrics for Prometheus ([metrics.md](metrics.md)). Also on the relay.',
    response: content('text/plain'),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
