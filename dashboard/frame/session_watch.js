const ASK_MS = 2_000;
// Answered by 403 where no session is left, and else refused as a message of no connection.
const SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=polling&sid=none";

// A socket is refused without a word once the session has ended. The page asks why, and leads to the sign-in form.
export default {
  mounted() {
    this.watch = setInterval(() => this.look(), ASK_MS);
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
  },
  render: () => null,
};
