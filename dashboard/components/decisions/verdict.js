import { Icon, Words } from "th-shared";

export default {
  components: { Icon, Words },
  props: ["tone", "text", "about", "bring"],
  // If the result is below the form, it is scrolled into view.
  mounted() {
    if (this.bring && matchMedia("(max-width: 700px)").matches) this.$el.scrollIntoView({ block: "start" });
  },
  template: /* HTML */ ` <div class="th-banner" :class="'is-' + tone">
    <span class="th-banner-mark"><icon v-if="tone !== 'wait'" :name="tone" /><span v-else class="th-spin"></span></span>
    <div>
      <p class="th-banner-text"><words :text="text" /></p>
      <p v-if="about" class="th-banner-about"><words :text="about" /></p>
    </div>
  </div>`,
};
