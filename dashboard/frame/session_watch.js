const ASK_MS = 2_000;
// Answered by 403 where no session is left, and else refused as a message of no connection.
const SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=polling&sid=none";
const ALIVE = "/healthz";
const UNKNOWN_PAGE = "Implicit handshake failed";

// A socket is refused without a word once the session has ended. The page asks why, and leads to the sign-in form.
export default {
  mounted() {
    this.watch = setInterval(() => this.look(), ASK_MS);
    setTimeout(() => this.reloadWithCare()); // the socket is opened once all is mounted
  },
  beforeUnmount() {
    clearInterval(this.watch);
  },
  methods: {
    async look() {
      if (window.socket?.connected !== false) return;
      const answer = await fetch(SOCKET).catch(() => null);
      if (answer?.status === 403) window.location.reload();
    },
    // After a restart, NiceGUI reloads at once, or when a connection takes long. If the server is gone again by then,
    // the browser shows its own error page, from which nothing leads back.
    reloadWithCare() {
      window.socket.off("connect_error").on("connect_error", ({ message }) => {
        if (message === UNKNOWN_PAGE) this.reloadOnceAlive();
        else if (message === "timeout") window.socket.io.opts.transports = ["polling", "websocket"];
      });
    },
    async reloadOnceAlive() {
      const answer = await fetch(ALIVE).catch(() => null);
      if (answer?.ok) window.location.reload();
      else setTimeout(() => this.reloadOnceAlive(), ASK_MS);
    },
  },
  render: () => null,
};
