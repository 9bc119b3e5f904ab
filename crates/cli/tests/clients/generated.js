// @google-apps/chat over each of its transports.
'use strict';
const {ChatServiceClient} = require('@google-apps/chat').v1;
const {OAuth2Client} = require('google-auth-library');
const {credentials, status} = require('@grpc/grpc-js');

// The HTTP status of each code.
const HTTP = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

exports.client = (url, transport, token = 'any') => {
  const {hostname, port} = new URL(url);
  const address = {apiEndpoint: hostname, port: Number(port)};
  if (transport === 'rest') {
    const authClient = new OAuth2Client();
    authClient.setCredentials({access_token: token});
    return new ChatServiceClient({fallback: 'rest', protocol: 'http', ...address, authClient});
  }
  const api = new ChatServiceClient({...address, sslCreds: credentials.createInsecure()});
  // An insecure channel has no credentials: the token is metadata.
  const headers = token === null ? {} : {authorization: `Bearer ${token}`};
  const withToken = (options = {}) => ({...options, otherArgs: {headers: {...headers, ...options.otherArgs?.headers}}});
  return new Proxy(api, {
    get: (api, name) => {
      const member = api[name];
      return typeof member === 'function' ? (request, options) => member.call(api, request, withToken(options)) : member;
    },
  });
};

// Returns the HTTP status, the code, the message and the details of an error. Over REST, the code of this
// client's errors is the HTTP status, and the message is the entire body.
exports.errorOf = error => {
  if (error.message.startsWith('{')) {
    const body = JSON.parse(error.message).error;
    return {code: error.code, status: body.status, message: body.message, details: body.details};
  }
  const name = status[error.code];
  const details = error.reason ? [{reason: error.reason, domain: error.domain}] : error.statusDetails;
  return {code: HTTP[name], status: name, message: error.details ?? error.message, details};
};
