/** The authority whose word the API server's certificate rests on. A public certificate; its key was thrown away, and nothing is signed here. */
const LINES = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBQDCB56ADAgECAglHbdh6gSwn/04wCgYIKoZIzj0EAwIwFTETMBEGA1UEAxMK",
  "a3ViZXJuZXRlczAeFw0yNjAxMDEwMDAwMDBaFw0zNTEyMzAwMDAwMDBaMBUxEzAR",
  "BgNVBAMTCmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQXJleq",
  "SQKZXiC6Quq/yCq8oiZvF+ppzdEt+qxNTgMhznYzLZ2Gpp++aBagnGH0Y6x4EUjA",
  "jBfXAU9vjFwew1UZoyAwHjAPBgNVHRMBAf8EBTADAQH/MAsGA1UdDwQEAwIChDAK",
  "BggqhkjOPQQDAgNIADBFAiEAx5Z45TzKkPXUsW7+ANFGL3++KEkKbTPNrCdk2Q6L",
  "l/QCIACeuYVB0nAStE+ioztsx4NCSbLHwQlhaKX/OAWRytwZ",
  "-----END CERTIFICATE-----",
];

export const ROOT_CA: string = LINES.map((line) => `${line}\n`).join("");
