/** The prebuilt file has no types of its own. */
declare module 'echarts/dist/echarts.esm.min' {
  export * from 'echarts';
}
