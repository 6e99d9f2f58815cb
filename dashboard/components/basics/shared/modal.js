import { Icon } from "./icons.js";

// A form dialog with a title and a close button at the top, and its buttons at the bottom. While `unsaved` says that
// something would be lost, it asks for confirmation before it closes.
export const Modal = {
  components: { Icon },
  props: { title: { type: String, required: true }, unsaved: { type: Function, default: () => false } },
  emits: ["submit"],
  computed: {
    titleId() {
      return `th-modal-${this.$.uid}`;
    },
  },
  methods: {
    open() {
      this.$refs.dialog.showModal();
    },
    close() {
      this.$refs.question.close();
      this.$refs.dialog.close();
    },
    leave() {
      if (this.unsaved()) this.$refs.question.showModal();
      else this.close();
    },
    toProblem() {
      this.$nextTick(() => this.$refs.dialog.querySelector("[aria-invalid]")?.focus());
    },
  },
  template: /* HTML */ `<dialog
    ref="dialog"
    class="th-modal"
    :aria-labelledby="titleId"
    @cancel.self.prevent="leave"
    @click.self="leave"
  >
    <form class="th-modal-form" novalidate @submit.prevent="$emit('submit')">
      <header>
        <h2 :id="titleId">{{ title }}</h2>
        <button type="button" class="th-icon-button" aria-label="Close" title="Close (Esc)" @click="leave">
          <icon name="failed" />
        </button>
      </header>
      <div class="th-modal-body"><slot /></div>
      <footer v-if="$slots.foot"><slot name="foot" /></footer>
    </form>
    <dialog ref="question" class="th-modal is-question" :aria-labelledby="titleId + '-question'">
      <h2 :id="titleId + '-question'">Discard your changes?</h2>
      <p class="th-muted">What you wrote here is not saved yet.</p>
      <div class="th-buttons">
        <button type="button" class="th-button" autofocus @click="$refs.question.close()">Keep editing</button>
        <button type="button" class="th-button is-bad" @click="close">Discard</button>
      </div>
    </dialog>
  </dialog>`,
};
