import { Icon, Words } from "th-shared";

const WORD = { yes: "yes", no: "no", unknown: "unknown", unasked: "not asked" };

const Verdict = {
  components: { Icon },
  props: ["verdict"],
  data: () => ({ words: WORD }),
  template: /* HTML */ `<span class="ti-verdict" :class="'is-' + verdict"
    ><icon :name="verdict" />{{ words[verdict] }}</span
  >`,
};

// One part of a condition, and below it its own parts.
const Part = {
  name: "Part",
  components: { Verdict, Words },
  props: ["node"],
  template: /* HTML */ ` <li class="ti-part">
    <div class="ti-part-line">
      <code class="ti-part-text">{{ node.text }}</code>
      <template v-if="node.substituted !== node.text"
        ><span class="ti-arrow" aria-hidden="true">→</span
        ><code class="ti-part-values">{{ node.substituted }}</code></template
      >
      <span class="ti-part-end"
        ><span class="ti-arrow" aria-hidden="true">→</span><verdict v-if="node.verdict" :verdict="node.verdict" /><code
          v-else
          class="ti-part-value"
          >{{ node.value }}</code
        ></span
      >
    </div>
    <p v-if="node.unknown" class="ti-part-why"><words :text="node.unknown" /></p>
    <ul v-if="node.children.length">
      <part v-for="(child, i) in node.children" :key="i" :node="child" />
    </ul>
  </li>`,
};

export default {
  components: { Icon, Words, Verdict, Part },
  props: ["gates"],
  template: /* HTML */ ` <ol class="ti-trace" aria-label="Why">
    <li
      v-for="gate in gates"
      :key="gate.gate"
      class="ti-gate"
      :class="['is-' + gate.verdict, { 'is-stopper': gate.stopper }]"
    >
      <span class="ti-gate-mark" aria-hidden="true"><icon :name="gate.verdict" /></span>
      <div class="ti-gate-head">
        <span class="ti-gate-name">{{ gate.label }}</span><verdict :verdict="gate.verdict" />
      </div>
      <p class="ti-gate-reason"><words :text="gate.reason" /></p>
      <div v-if="gate.rows.length" class="ti-gate-scroll">
        <table class="ti-table">
          <caption class="ti-hidden">
            Filters
          </caption>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Asked</th>
              <th scope="col">Found</th>
              <th scope="col">Holds</th>
            </tr>
          </thead>
          <tbody>
            <tr v-for="(row, i) in gate.rows" :key="i">
              <td data-label="Attribute"><code>{{ row.field }}</code></td>
              <td data-label="Asked">
                <span>{{ row.operator }} <code v-if="row.value !== null">{{ row.value }}</code></span>
              </td>
              <td data-label="Found">
                <code v-if="row.found !== null">{{ row.found }}</code
                ><span v-else class="ti-missing">no such field</span>
              </td>
              <td data-label="Holds"><verdict :verdict="row.holds ? 'yes' : 'no'" /></td>
            </tr>
          </tbody>
        </table>
      </div>
      <ul v-if="gate.tree" class="ti-tree">
        <part :node="gate.tree" />
      </ul>
    </li>
  </ol>`,
};
