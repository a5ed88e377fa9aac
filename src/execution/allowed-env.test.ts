import { describe, expect, test } from "bun:test";
import { allowedEnv } from "./allowed-env.ts";

const env = {
  PATH: "/bin",
  LC_ALL: "C",
  https_proxy: "http://proxy:3128",
  NO_PROXY: "localhost",
  ALL_PROXY: "socks5://proxy",
  NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
  SSL_CERT_DIR: "/etc/ssl",
  GIT_SSL_CAINFO: "/etc/git.pem",
  SSH_AUTH_SOCK: "/run/agent",
  GITHUB_TOKEN: "t",
  NPM_CONFIG_REGISTRY: "https://npm.example.com",
  NPM: "n",
  UNSET: undefined,
};

describe("agents see", () => {
  test("what leads to programs, the network, certificates and the SSH agent", () => {
    const { GITHUB_TOKEN: _t, NPM_CONFIG_REGISTRY: _r, NPM: _n, UNSET: _u, ...others } = env;
    expect(allowedEnv(env)).toEqual(others);
  });

  test("what the settings name, by its name or its beginning", () => {
    expect(Object.keys(allowedEnv(env, ["GITHUB_TOKEN", "NPM_*"])).slice(-2)).toEqual([
      "GITHUB_TOKEN",
      "NPM_CONFIG_REGISTRY",
    ]);
  });

  test("nothing that is not set", () => expect(allowedEnv(env, ["UNSET"])).not.toHaveProperty("UNSET"));
});
